import { expect, it } from 'vitest';
import type { Explanation, Proof } from '../../../src/model/explanation.ts';
import { EVENTS } from '../../../src/policy/explain/events.ts';
import { DCOM_HRESULTS } from '../../../src/policy/explain/hresults-dcom.ts';
import { OTHER_HRESULTS } from '../../../src/policy/explain/hresults-other.ts';
import { TEXTS } from '../../../src/policy/explain/texts.ts';

const proofWords = (proof: Proof): string => {
  if (proof.by === 'check') return `\`${proof.name}\``;
  return proof.by === 'policy' ? proof.name : `*${proof.name}*`;
};

const rowOf = ({ code, name, says, proofs, sources }: Explanation): string => {
  const title = name === null || name === code ? `\`${code}\`` : `\`${code}\` ${name}`;
  const cells = [title, says, [...new Set(proofs.map(proofWords))].join(', '), sources.join('; ')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
};

const page = `# Explaining the errors of an offer

\`\`\`
ra-preflight explain 0x800706BA
ra-preflight explain -2147023174 1722 "DCOM 10028" E_ACCESSDENIED
ra-preflight explain "Your offer to help could not be sent."
ra-preflight explain 0x80070005 --format json
\`\`\`

An offer that fails shows a number, an event or a sentence. \`explain\` says what that means for an offer: the cause, which check or policy
setting proves it, and what to change. The table is built in; nothing is sent and nothing is looked up.

**What it accepts.** An HRESULT in hexadecimal (with or without \`0x\`) or decimal (signed or unsigned), the Win32 error in it (\`1722\`,
\`0x6BA\`), its symbol, an event of DistributedCOM (\`10028\`, \`DCOM 10028\`, \`event id 10028\`), a symbol of the session protocol
(\`SAFERROR_...\`), or a sentence of Windows in English. In a longer text, such as a log line, the code in it is found. A bare number that is
both an event and an error is read as the event. Words typed without quotation marks are put together, so \`explain DCOM 10036\` is one
question. Sentences of other languages are not known: ask for the number.

**Where the number is.** On Vista and later the expert's \`msra.exe\` writes it to the event log *Applications and Services Logs, Microsoft,
Windows, RemoteAssistance* (entries \`OfferRA\` and \`GetVistaUsers\`). DCOM events are in the System log, on the expert (10006, 10028, 10037,
10038) or on the novice (10010, 10015, 10016, 10036).

**Exit codes.** 0 all codes are explained, 3 some code is not in the table (the others are explained all the same), 2 usage.
\`--format json\` gives \`ra-preflight/explain@1\` ([JSON Schema](json-schema/explain-1.schema.json)); \`known\` says for each input whether
it was answered, and \`proofs\` carry the requirement of \`check\` or the finding codes of \`policy check\`.

**How far it can be trusted.** Each row rests on documents, which it names; none of these errors was produced on Windows for this table.
Which error a novice with EnableDCOM = N gives is not documented, so it is not listed as such. A code outside the table is reported as unknown and
not guessed from its neighbours.

## The table

Made from [src/policy/explain](../src/policy/explain); a test compares this page with it (\`npx vitest run test/policy/explain/docs.test.ts -u\`
writes it again). In the third column, \`requirements\` are those of \`check\`, settings those of \`policy check\`, and *places* are to be looked
at by hand.

| Code | Windows says | Proven by | Sources |
|---|---|---|---|
${[...DCOM_HRESULTS, ...OTHER_HRESULTS, ...EVENTS, ...TEXTS].map(rowOf).join('\n')}
`;

it('docs/explain.md lists the table as it is', async () => {
  await expect(page).toMatchFileSnapshot('../../../docs/explain.md');
});
