/** How many a part of a sweep has dealt with, and whether it has left some for the next. */
export interface Done {
  count: number;
  more: boolean;
}

/** Nothing done yet. */
export function noted(): Done {
  return { count: 0, more: false };
}
