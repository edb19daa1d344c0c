import type { Zones } from '../zones.ts';
import { endIsKnown, isWithin, type RouterPath, together } from './router-path.ts';
import type { SilentHost } from './silent-host.ts';
import type { WitnessEvidence } from './witness-evidence.ts';

/** What the hosts of one subnet, asked in one run, say of a silent one among them; `followed`: its own packets were. */
export type WitnessAnswer =
  | {
      readonly says: 'clear';
      readonly by: readonly string[];
      readonly followed: boolean;
      readonly isSure: boolean;
    }
  | { readonly says: 'disagree'; readonly clear: readonly string[]; readonly against: readonly string[] };

/** Hosts that nobody named: a single one may be exempt from what the others are subject to. */
const ENOUGH_CLEAR = 2;
/** Kinds of witnesses, by route and by what they show, that are remembered of a subnet: real ones have one or two. */
const MOST_KINDS = 16;

/** Witnesses of one kind; of their addresses, the first two. */
interface Kind {
  readonly route: RouterPath;
  readonly clear: Zones;
  readonly isSure: boolean;
  addresses: readonly string[];
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The hosts of one subnet as witnesses of each other. Keeps a few addresses and routes, whatever the number of hosts, and says the
 * same in whichever order they came.
 */
export class SubnetWitnesses {
  readonly #kinds = new Map<string, Kind>();
  /** For each zone that somebody is stopped in, the first address of those. */
  readonly #against = new Map<Zones, string>();
  /** Routes of silent hosts whose packets were followed, with what those need. */
  readonly #followed = new Map<string, { readonly route: RouterPath; readonly needs: Zones }>();
  /** By the length of the way, the last routers that anybody's packets were seen at, witness or not; two are enough to know that there are several. */
  readonly #lasts = new Map<number, Set<string>>();

  /** Takes what a host shows; called once for each. */
  addTestimony({ address, route, clear, against, isSure }: WitnessEvidence): void {
    for (let zone = 1; zone <= against; zone <<= 1) {
      const known = this.#against.get(zone);
      if ((against & zone) !== 0 && (known === undefined || order(address, known) < 0))
        this.#against.set(zone, address);
    }
    if (!route || !endIsKnown(route)) return;
    this.#noteLast(route);
    if (clear === 0 || against !== 0) return;
    const key = `${clear} ${isSure} ${JSON.stringify(route)}`;
    const { addresses } = this.#kinds.get(key) ?? { addresses: [] };
    const first = [...addresses, address].toSorted(order).slice(0, ENOUGH_CLEAR);
    this.#kinds.set(key, { route, clear, isSure, addresses: first });
    if (this.#kinds.size <= MOST_KINDS) return;
    this.#kinds.delete([...this.#kinds.keys()].toSorted(order).at(-1) ?? '');
  }

  /** Takes a silent host that the others may settle. */
  addNovice({ route, needs, passes }: SilentHost): void {
    if (route && passes && endIsKnown(route))
      this.#followed.set(`${needs} ${JSON.stringify(route)}`, { route, needs });
  }

  /** What the hosts added by now say of a silent one; null for nothing. */
  ask(novice: Omit<SilentHost, 'address'>): WitnessAnswer | null {
    const covers = (zones: Zones): boolean => (novice.needs & ~zones) === 0;
    const clear = [...this.#kinds.values()].filter((kind) => covers(kind.clear));
    const names = (kinds: readonly Kind[]): string[] =>
      kinds
        .flatMap(({ addresses }) => addresses)
        .toSorted(order)
        .slice(0, ENOUGH_CLEAR);
    if (clear.length === 0) return null;
    const against = [...this.#against].flatMap(([zone, address]) =>
      (novice.needs & zone) === 0 ? [] : address,
    );
    if (against.length > 0) {
      return {
        says: 'disagree',
        clear: names(clear),
        against: [...new Set(against)].toSorted(order).slice(0, 1),
      };
    }
    const { route } = novice;
    const isKnown = route !== null && endIsKnown(route);
    const alike = isKnown ? this.#alongside(route, clear) : this.#onlyWay(clear);
    const by = names(alike);
    if (by.length < ENOUGH_CLEAR) return null;
    const isSure = alike.some((kind) => kind.isSure);
    if (isKnown && novice.passes) return { says: 'clear', by, followed: true, isSure };
    const isFollowed = [...this.#followed.values()].some(
      (one) => (novice.needs & ~one.needs) === 0 && this.#alongside(one.route, alike).length > 0,
    );
    return isFollowed ? { says: 'clear', by, followed: false, isSure } : null;
  }

  /** The kinds behind the routers of a route. */
  #alongside(route: RouterPath, kinds: readonly Kind[]): Kind[] {
    const same = kinds.filter((kind) => kind.route.length === route.length);
    if (!isWithin(route, together(same.map((kind) => kind.route)))) return [];
    const last = route.at(-1);
    return same.filter((kind) => last === undefined || kind.route.at(-1)?.some((one) => last.includes(one)));
  }

  #noteLast(route: RouterPath): void {
    const lasts = this.#lasts.get(route.length) ?? new Set();
    for (const router of route.at(-1) ?? []) if (lasts.size < 2) lasts.add(router);
    this.#lasts.set(route.length, lasts);
  }

  /** The kinds, where every way into the subnet that was seen ends at the same router; otherwise none. */
  #onlyWay(kinds: readonly Kind[]): readonly Kind[] {
    const routes = [...this.#kinds.values(), ...this.#followed.values()].map(({ route }) => route);
    const [length, ...others] = new Set(routes.map((route) => route.length));
    if (length === undefined || others.length > 0) return [];
    return (this.#lasts.get(length)?.size ?? 0) < 2 ? kinds : [];
  }
}
