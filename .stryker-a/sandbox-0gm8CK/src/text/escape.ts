const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML, in an element or in a quoted attribute. Control characters stay; clean text from the network first. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** Every UTF-16 unit as `\uXXXX`, the form that every JSON parser reads back. */
export const escapeUnits = (text: string): string => {
  let escaped = '';
  for (let at = 0; at < text.length; at++)
    escaped += `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return escaped;
};

/** Characters that JSON leaves as they are and that steer a terminal, hide text or end a line. */
const RAW = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;

/** A value as one line of JSON in which no control, bidi or other invisible character stands as it is. Without line end. */
export const jsonLine = (value: unknown): string => JSON.stringify(value).replaceAll(RAW, escapeUnits);
