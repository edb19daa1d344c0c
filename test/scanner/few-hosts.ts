export const hosts = (count: number): string[] => Array.from({ length: count }, (_, i) => `192.0.2.${i + 1}`);

/** 135, 3389 and the sample, and seven further flows for each of the first two. */
export const PROBES = 8 + 14;
