export const ROLES = ["reader", "analyst", "operator", "approver", "administrator"];
