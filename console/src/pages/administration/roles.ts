// Roles that an account of a person can have; the server refuses what the giver may not give.
export const ROLES = ["reader", "analyst", "operator", "approver", "duty-lead", "organisation-contact", "administrator"];
