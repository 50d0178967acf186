/** Reasons for which jobs wait until others have ended, a node is back or a limit of theirs allows them (`man squeue`). */
const usual =
  /^(Priority|Resources|BeginTime|Dependency|Licenses|Reservation|Prolog|Cleaning|JobArrayTaskLimit|NodeDown|ReqNodeNotAvail.*|(QOS|Assoc|Grp|Max).*)$/;

/** Whether a job that waits for this reason may wait forever: it is held, or asks for what its partition does not have. */
export function isDoubtful(reason: string): boolean {
  return reason !== '' && !usual.test(reason);
}
