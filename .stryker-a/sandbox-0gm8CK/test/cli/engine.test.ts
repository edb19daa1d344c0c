import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { run } from './run.ts';

/** Makes a package unfindable for the process under test. */
const hide = (name: string): string => {
  const hooks = `export async function resolve(s,c,n){if(s==='${name}')throw Object.assign(new Error("Cannot find package '${name}'"),{code:'ERR_MODULE_NOT_FOUND'});return n(s,c)}`;
  const register = `import{register}from'node:module';register('data:text/javascript,'+encodeURIComponent(${JSON.stringify(hooks)}))`;
  return `--no-warnings --import "data:text/javascript,${encodeURIComponent(register)}"`;
};

const engineOf = (stdout: string): Pick<Report['run'], 'engine' | 'engineWhy'> =>
  (JSON.parse(stdout) as Report).run;

describe.runIf(process.platform === 'linux')('the engine', () => {
  const args = ['check', '127.0.23.1', '--format', 'json', '--no-ping', '--sample', '3'];

  it('is the one that sees most, and the report says why', async () => {
    const { stdout } = await run(args);
    expect(engineOf(stdout)).toMatchObject({
      engine: 'linux',
      engineWhy: expect.stringMatching(/without privileges/),
    });
  });

  it('falls back to node where koffi cannot be loaded, and the report says so', async () => {
    const { code, stdout } = await run(args, { env: { NODE_OPTIONS: hide('koffi') } });
    expect(code).toBe(1);
    expect(engineOf(stdout)).toMatchObject({
      engine: 'node',
      engineWhy: expect.stringMatching(/linux engine could not be loaded.*koffi/),
    });
  });

  it('is never replaced when it was asked for by name', async () => {
    const { code, stdout, stderr } = await run([...args, '--engine', 'linux'], {
      env: { NODE_OPTIONS: hide('koffi') },
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/--engine linux: .*koffi/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
