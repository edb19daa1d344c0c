/** The time zone that counts: the one given, or that of this machine. An IANA name. */
export const zoneOf = (spec: { readonly timezone: string | null }): string =>
  spec.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * A time zone as the tz database writes it, or null when it is none. Offsets such as `+02:00` are none: they know no
 * summer time, and timers of other programs do not read them. Aliases stay what they are, only their letters are set right.
 */
export const knownZone = (name: string): string | null => {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return null;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
  } catch {
    return null;
  }
};

/** Date and clock of that zone, as `2026-11-23 06:00`. */
export const localTime = (date: Date, zone: string): string => {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(date);
  const part = (type: string): string => parts.find((entry) => entry.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
};
