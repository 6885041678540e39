/** The last connection comes minutes after the first, which nginx would let go by then. Unit: seconds. */
export const PATIENT = 1_800;

/**
 * Of more than some 10,000, which take minutes, an emulated machine gets fewer at a time: half of its CPUs are idle then.
 * Unit: connections a second.
 */
export const LONG_PACE = 250;
