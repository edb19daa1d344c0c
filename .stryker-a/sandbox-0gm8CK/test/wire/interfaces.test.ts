import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { interfacesHere } from '../../src/wire/interfaces.ts';

test('a system that names no interface has none, and nothing breaks', () => {
  expect(
    interfacesHere(() => {
      throw Object.assign(new Error('uv_interface_addresses returned Unknown system error 2'), {
        code: 'ERR_SYSTEM_ERROR',
      });
    }),
  ).toEqual({});
  expect(interfacesHere()).toEqual(networkInterfaces());
});
