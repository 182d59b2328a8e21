/** As the specification has them; '' leaves it to the browser. */
export const CONTENT_HINTS = ['', 'motion', 'detail', 'text'] as const;

/** What matters in the picture, for whoever encodes it. */
export type ContentHint = (typeof CONTENT_HINTS)[number];
