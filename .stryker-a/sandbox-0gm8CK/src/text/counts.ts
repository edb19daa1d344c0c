/** A number for people, with a comma at thousands: `64,511`. */
export const grouped = (number: number): string => number.toLocaleString('en');

/** `1 host`, `1024 hosts`, as reports count. `many` is the plural where it is not the word with an `s`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** `1 host`, `1,024 hosts`, as screens and messages count. */
export const countedGrouped = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** A share from 0 to 1: `8.9 %`, and from 10 % on without decimals: `17 %`. */
export const percentWords = (share: number): string =>
  share >= 0.1 ? `${Math.round(share * 100)} %` : `${(share * 100).toFixed(1)} %`;
