/** A package of package-lock.json. */
interface Locked {
  readonly name?: string;
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly license?: string;
}
type Packages = readonly (readonly [path: string, one: Locked])[];

/** Whether an SPDX expression leaves a choice that is allowed. */
export const isAllowed: (licence: string | undefined) => boolean;
/** `name version` of each package in the text of dist/LICENSES.txt. */
export const bundled: (licences: string) => ReadonlySet<string>;
/** The packages that ship. Throws Error when one of the bundle is not in the lock. */
export const shipped: (
  lock: { readonly packages: Readonly<Record<string, Locked>> },
  bundle: ReadonlySet<string>,
) => Packages;
/** A line for each package whose licence is not allowed. */
export const forbidden: (packages: Packages) => readonly string[];
/** A line for each package that npm installs beside the program, and of which package.json does not name one version. */
export const loose: (manifest: {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}) => readonly string[];
/** A line for each advisory of `npm audit --json` that concerns a package which ships. */
export const advisories: (
  audit: {
    readonly vulnerabilities: Readonly<
      Record<
        string,
        {
          readonly nodes: readonly string[];
          readonly severity: string;
          readonly via: readonly (string | { readonly title: string; readonly url: string })[];
        }
      >
    >;
  },
  packages: Packages,
) => readonly string[];
