/** A number below 100 in two digits: `07`. */
export const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** How long something took, from milliseconds: `1.2 s`, `3 min 20 s`, `2 h 05 min`. */
export const durationWords = (ms: number): string => {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
};

/** About how long something takes, from seconds: `40 s`, `25 min`, `3.5 h`, `4 days`. */
export const aboutDuration = (seconds: number): string => {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86_400)} days`;
};

/** A round-trip time or another short wait, from milliseconds: `1.2 ms`, `35 ms`, `2.1 s`. */
export const latencyWords = (ms: number): string => {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  return ms < 999.5 ? `${Math.round(ms)} ms` : durationWords(ms);
};
