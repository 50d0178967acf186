import { expect, test } from '@jest/globals';
import { isDoubtful, waitText } from './reasons.ts';

test.each([
  ...[
    'Priority',
    'Resources',
    'JobArrayTaskLimit',
    'BeginTime',
    'QOSMaxJobsPerUserLimit',
    'AssocGrpCpuLimit',
  ],
  ...['ReqNodeNotAvail, UnavailableNodes:n1', 'MaxJobsPerAccount', ''],
])('"%s" is a usual reason to wait', (reason) => {
  expect(isDoubtful(reason)).toBe(false);
});

test.each([
  ...[
    'PartitionTimeLimit',
    'PartitionConfig',
    'PartitionNodeLimit',
    'BadConstraints',
    'JobHeldUser',
    'JobHeldAdmin',
  ],
  ...['launch failed requeued held', 'DependencyNeverSatisfied', 'InvalidAccount', 'InvalidQOS'],
  // No other job's end helps these.
  ...['AssocMaxCpuPerJobLimit', 'QOSMaxWallDurationPerJobLimit', 'MaxMemPerLimit', 'QOSMinCpuNotSatisfied'],
  'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
])('"%s" is told', (reason) => {
  expect(isDoubtful(reason)).toBe(true);
});

test.each([
  ['JobHeldUser', 'scontrol release'],
  ['PartitionTimeLimit', 'a shorter {slurmTime}'],
  ['QOSMaxWallDurationPerJobLimit', 'a shorter {slurmTime}'],
  ['PartitionConfig', '{slurmCpus}'],
  ['AssocMaxCpuPerJobLimit', '{slurmCpus}'],
  ['PartitionDown', 'sinfo lists the partitions'],
  ['InvalidAccount', '{slurmAccount}'],
  ['SomethingNew', 'scontrol show job 7 says more'],
])('"%s" is told with what to do', (reason, hint) => {
  expect(waitText('7', reason)).toContain(hint);
});
