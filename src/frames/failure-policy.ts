/**
 * What is shown where there is no filtered picture, because a frame failed, or the device or the worker went away.
 * 'freeze': nothing new. 'black': black. 'passthrough': the frames as they came, unfiltered: only where nobody's privacy
 * hangs on the filter.
 */
export const FAILURE_POLICIES = ['freeze', 'black', 'passthrough'] as const;

export type FailurePolicy = (typeof FAILURE_POLICIES)[number];
