export { HostTuning } from "./hostTuning";
export type { AppArgs } from "./appArgs";
export type { CapacityArgs, HostTuningArgs } from "./hostTuningArgs";
export type { ConnectionArgs, SshEndpointArgs } from "./connection";
export type { Report, ReportedCapacity, ReportedHost, ReportedSetting } from "./tuning/report";
