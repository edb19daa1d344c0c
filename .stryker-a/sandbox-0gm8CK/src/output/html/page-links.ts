import { html, type Markup } from './markup.ts';

/** Where a page stands among others: what leads elsewhere. A page that stands alone has none of it. */
export interface PageLinks {
  /** Links at the top of every page, with their words. */
  readonly navigation: readonly (readonly [href: string, words: string])[];
  /** The report of a run, by its whole id. */
  runHref(id: string): string;
  /** Begins the address of the page of a host: its target, encoded for a query, follows. */
  readonly hostHref: string;
}

/** The address of the page of a host. */
export const hostHref = ({ hostHref: start }: PageLinks, target: string): string =>
  // Unlike encodeURIComponent(), this does not throw for half of a surrogate pair.
  `${start}${new URLSearchParams({ '': target }).toString().slice(1)}`;

/** What leads away from a page; nothing for one that stands alone. */
export const siteNavigation = (site: PageLinks | undefined): Markup | null =>
  site
    ? html`<nav class="top" aria-label="Dashboard">${site.navigation.map(([href, words]) => html`<a href="${href}">${words}</a> `)}</nav>\n`
    : null;

/** A host by name: a link to its page where there is one. */
export const hostLink = (name: string, target: string, site: PageLinks | undefined): Markup =>
  site ? html`<a href="${hostHref(site, target)}">${name}</a>` : html`${name}`;
