/** Where the drawing is, below the root of the repository. */
export const PAGE: string;
/** The drawing as a block of Markdown, from the imports as they are. */
export const draw: () => Promise<string>;
/** The drawing that stands in a page. Throws TypeError for a page without a place for one. */
export const drawn: (page: string) => string;
