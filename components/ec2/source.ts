import { isIPv4, isIPv6 } from "node:net";

/** Where a security group lets connections come from, as the rule's argument names it. */
export type Source =
  | { readonly cidrIpv4: string }
  | { readonly cidrIpv6: string }
  | { readonly referencedSecurityGroupId: string }
  | { readonly prefixListId: string };

export const EVERYWHERE: readonly string[] = ["0.0.0.0/0", "::/0"];

/** A source by its form: a range, the id of a security group or of a prefix list; undefined for anything else. */
export function sourceOf(text: string): Source | undefined {
  if (/^sg-[0-9a-f]+$/.test(text)) return { referencedSecurityGroupId: text };
  if (/^pl-[0-9a-f]+$/.test(text)) return { prefixListId: text };
  const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (isIPv4(address) && Number(bits) <= 32) return { cidrIpv4: text };
  if (isIPv6(address) && Number(bits) <= 128) return { cidrIpv6: text };
  return undefined;
}

/** Whether it is the whole of the internet. */
export const isEverywhere = (text: string): boolean => /\/0+$/.test(text);
