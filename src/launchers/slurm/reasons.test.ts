import { expect, test } from '@jest/globals';
import { isDoubtful } from './reasons.ts';

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
])('"%s" is told', (reason) => {
  expect(isDoubtful(reason)).toBe(true);
});
