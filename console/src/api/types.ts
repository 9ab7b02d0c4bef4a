// Short names of what the API gives.
import type { components } from "./types.gen";

type Schemas = components["schemas"];
export type Finding = Schemas["Finding"];
export type Event = Schemas["Event"];
export type Rule = Schemas["Rule"];
export type Scorecard = Schemas["RuleScorecard"];
export type RuleRemark = Schemas["RuleRemark"];
export type RulePart = Schemas["RulePart"];
export type RuleTry = Schemas["RuleTry"];
export type RuleBacktest = Schemas["RuleBacktest"];
export type RuleCoverage = Schemas["RuleCoverage"];
export type CorrelationGroup = Schemas["CorrelationGroup"];
export type Indicator = Schemas["Indicator"];
export type IndicatorList = Schemas["IndicatorList"];
export type IndicatorFound = Schemas["IndicatorLookup"]["found"][number];
export type IndicatorAllowed = Schemas["IndicatorAllowed"];
export type Feed = Schemas["Feed"];
export type Hunt = Schemas["Hunt"];
export type Case = Schemas["Case"];
export type CaseItem = Schemas["CaseItem"];
export type CaseClocks = Schemas["CaseClocks"];
export type KeptClock = Schemas["KeptClock"];
export type CaseAttention = Schemas["CaseAttention"];
export type CaseVerdict = Schemas["Verdict"];
export type Paper = Schemas["Paper"];
export type PaperForm = Schemas["PaperForm"];
export type PaperField = Schemas["PaperField"];
export type PaperFact = Schemas["PaperFact"];
export type Escalation = Schemas["Escalation"];
export type CaseTask = Schemas["CaseTask"];
export type CaseDeeds = Schemas["CaseDeeds"];
export type CaseSeriousness = Schemas["CaseSeriousness"];
export type CaseCondition = Schemas["CaseCondition"];
export type Source = Schemas["Source"];
export type User = Schemas["User"];
export type Token = Schemas["Token"];
export type RuleCases = Schemas["RuleCases"];
export type RuleCaseRun = Schemas["RuleCaseRun"];
export type NotificationRule = Schemas["NotificationRule"];
export type Notification = Schemas["Notification"];
export type AuditLine = Schemas["AuditLine"];
export type Me = Schemas["Me"];
export type Fact = Omit<Schemas["Fact"], "body"> & { body: Record<string, unknown> };
export type FactImport = Omit<Schemas["FactImport"], "changes"> & { changes: { line: number; number: number; before: Fact; after: Fact }[] };
export type Attribution = Schemas["AddressAttribution"];
export type AttributionClaim = Schemas["RangeClaim"];
export type KeptList = Schemas["VictimList"];
export type ListReading = Schemas["ListReading"];
export type ListColumn = ListReading["columns"][number];
export type ListRowView = ListReading["rows"][number];
export type ListCounts = ListReading["counts"];
export type ListAttribution = ListReading["attribution"];
export type TitleLine = ListReading["title"][number];
export type ListLetter = Schemas["ListLetter"];
export type ListReference = Schemas["ListReference"];
export type ListUpload = Schemas["ListUpload"];
export type ListKept = Schemas["ListKept"];
export type ListRow = Schemas["ListRow"];
export type AttributionKind = ListRow["kind"];
export type Changed = Schemas["ListChanges"];
export type ListDifference = Schemas["ListDiff"];
export type ListHit = Schemas["ListHit"];
export type InsideAnswer = Schemas["InsideAnswer"];
export type ListProfile = Schemas["ListProfile"];
export type FactEffect = Schemas["FactEffect"];
export type Reattributed = Schemas["ListReattribution"];
export type Level = Finding["level"];
export const LEVELS = ["critical", "high", "medium", "low", "informational"] as const satisfies readonly Level[];

// How long a source may send nothing before it counts as silent.
export const SILENT_AFTER_MS = 60 * 60_000;

export function silentFor(source: Source, now: number): number {
  if (source.ended !== null || source.last_received === null) return 0;
  const span = now - new Date(source.last_received).getTime();
  return span > SILENT_AFTER_MS ? span : 0;
}
