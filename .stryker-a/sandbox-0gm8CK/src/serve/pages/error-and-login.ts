import type { Markup, Theme } from '../dashboard.ts';
import { framed } from './page-frame.ts';

/** A page of one sentence, for what went wrong. */
export const errorPage = (look: Theme, title: string, text: string): Markup =>
  framed(look, {
    title,
    signOut: false,
    live: false,
    reload: null,
    body: look.html`<h1>${title}</h1>\n<p class="lead">${text}</p>\n`,
  });

/** Asks for the token. `next` is the page to go on to, `trouble` what was wrong with the last try. */
export const loginPage = (look: Theme, next: string, trouble: string | null): Markup =>
  framed(look, {
    title: 'Sign in',
    signOut: false,
    live: false,
    reload: null,
    body: look.html`<h1>Sign in</h1>
<p>This dashboard needs the token that its server was started with.</p>
${trouble === null ? null : look.html`<p class="trouble" role="alert">${trouble}</p>\n`}<form class="login" method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<label>Token <input type="password" name="token" required autofocus autocomplete="current-password" spellcheck="false"></label>
<button>Sign in</button>
</form>
<p class="soft">Already signed in? <a href="${next}">Continue</a>.</p>
`,
  });
