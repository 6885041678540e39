/** The address of a machine's card for load: RFC 2544's for benchmarks, in a network that only load goes through. */
export const TARGET = "198.18.0.1";
export const TARGET_PREFIX = 15;
/** The page of the lab's site that nginx answers by itself. */
export const STATIC_PAGE = "/static/hello.txt";
