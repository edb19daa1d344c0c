import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { draw, drawn, PAGE } from '../../scripts/diagram.mjs';

it('the diagram of docs/architecture.md shows the imports as they are (npm run diagram draws it)', async () => {
  expect(drawn(await readFile(PAGE, 'utf8'))).toBe(await draw());
});

it('a page that lost its diagram is no page with an empty one', () => {
  expect(() => drawn('# Architecture\n')).toThrow(TypeError);
});
