import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { helperFault } from '../../../src/policy/write/helper-name.ts';
import { helperName } from './wanted.ts';

describe('the name of a helper', () => {
  it.each([
    ['Helpdesk', /has no domain/],
    ['\\Helpdesk', /has no domain/],
    ['.\\Helpdesk', /has no domain/],
    ['CONTOSO\\', /has no name/],
    ['anna@contoso.example', /user principal name/],
    ['CONTOSO\\IT\\Helpdesk', /more than one backslash/],
    ['CONTOSO/Helpdesk', /has no domain/],
    ['CONTOSO\\ Helpdesk', /blanks beside/],
    [' CONTOSO\\Helpdesk', /blanks beside/],
    ['CON TOSO\\Helpdesk', /no account name has/],
    ['CONTOSO\\Help;desk', /each helper is an option of its own/],
    ['CONTOSO\\anna,CONTOSO\\ben', /each helper is an option of its own/],
    ['CONTOSO\\Help=desk', /no account name has/],
    ["'CONTOSO\\Helpdesk'", /cmd\.exe takes away only double ones/],
    ['"CONTOSO\\Helpdesk"', /has quotation marks around it/],
    ['CONTOSO\\Help\ndesk', /no account name has/],
    ['CONTOSO\\\u202eksed', /no account name has/],
    [`CONTOSO\\${'x'.repeat(252)}`, /too long/],
  ])('%j is refused in one clean line', (name, why) => {
    const fault = helperFault(name);
    expect(fault).toMatch(why);
    expect(fault).toMatch(/expected DOMAIN\\user or DOMAIN\\group$/);
    expect(fault).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('may be as long as the name of a value in a Registry.pol', () => {
    expect(helperFault(`CONTOSO\\${'x'.repeat(251)}`)).toBeNull();
  });

  it('may have what account names may have', () => {
    for (const name of [
      'CONTOSO\\Domain Admins',
      'corp.contoso.example\\ra-helpers',
      "CONTOSO\\O'Brien $x `y`",
    ])
      expect(helperFault(name)).toBeNull();
    fc.assert(fc.property(helperName, (name) => helperFault(name) === null));
  });
});
