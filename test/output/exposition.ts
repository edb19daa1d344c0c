/** One line of metrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const UNESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

const labelsOf = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const found = LABEL.exec(text);
    if (!found) throw new Error(`no label at ${at}: ${text}`);
    const [, label = '', value = ''] = found;
    if (label in labels) throw new Error(`twice ${label}`);
    labels[label] = value.replaceAll(/\\./g, (pair) => UNESCAPED[pair] ?? pair);
  }
  return labels;
};

/**
 * Reads the text exposition format 0.0.4 as strictly as its description reads, and stricter: every metric has HELP, then TYPE, counters
 * alone end in `_total`, and the lines of a metric stand together.
 */
export const readExposition = (text: string): Sample[] => {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const samples: Sample[] = [];
  const known = new Set<string>();
  const series = new Set<string>();
  let [helped, current] = ['', ''];
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') {
        helped = name;
        continue;
      }
      if (helped !== name || known.has(name)) throw new Error(`TYPE out of place: ${line}`);
      if (rest !== (name.endsWith('_total') ? 'counter' : 'gauge')) throw new Error(`wrong TYPE: ${line}`);
      known.add(name);
      current = name;
      continue;
    }
    const found = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?)$`, 'u').exec(line);
    if (!found) throw new Error(`no sample: ${line}`);
    const [, name = '', labels = '', value] = found;
    if (name !== current) throw new Error(`${name} stands among ${current}`);
    if (series.has(`${name}{${labels}}`)) throw new Error(`twice ${line}`);
    series.add(`${name}{${labels}}`);
    samples.push({ name, labels: labelsOf(labels), value: Number(value) });
  }
  return samples;
};
