/** What a browser is given, as text: a style sheet as it is, a script bundled. See scripts/browser-text.mjs. */
declare module '*?text' {
  const text: string;
  export default text;
}
