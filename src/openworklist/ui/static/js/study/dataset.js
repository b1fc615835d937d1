// Values of the DICOM JSON model (PS3.18 annex F), by tag.

export const valuesOf = (set, tag) => set?.[tag]?.Value ?? [];

export const first = (set, tag) => valuesOf(set, tag)[0];

export const text = (set, tag) => String(first(set, tag) ?? "").trim();

// Numbers, which some servers write as strings; what is none is left out.
export const numbers = (set, tag) => valuesOf(set, tag)
  .filter((each) => each !== null && each !== "").map(Number).filter(Number.isFinite);

export const number = (set, tag, otherwise) => numbers(set, tag)[0] ?? otherwise;

// As many numbers as they must be, or none.
export function exactly(count, set, tag) {
  const found = numbers(set, tag);
  return found.length === count ? found : null;
}

// The item of a functional group: that of the frame, that of all frames, else the dataset itself (PS3.3 C.7.6.16).
export function groupOf(set, frame, tag) {
  const own = valuesOf(set, "52009230")[frame - 1];
  const shared = first(set, "52009229");
  return first(own, tag) ?? first(shared, tag) ?? set;
}
