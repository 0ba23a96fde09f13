/**
 * Words that say danger wherever they stand, for text that can't be parsed. Pure.
 */

/** Whether the text holds a word of danger. */
export function dangerIn(text: string): boolean {
  return DANGER.test(text);
}

const DANGER =
  /\b(?:rm|rmdir|unlink|shred|dd|mkfs\S*|wipefs|fdisk|parted|truncate|eval|sudo|doas|su|chmod|chown|kill|pkill|killall|shutdown|reboot|curl|wget|nc|ncat|socat|ssh|scp|base64|python\d?|perl|ruby|node|bash|sh|zsh|drop|delete|destroy|purge|prune|format|del|rd|remove-item|iex|invoke-\w+|crontab|iptables|useradd|usermod|passwd|countersign|terraform|kubectl|docker|git)\b|\/dev\/(?:tcp|sd|nvme|disk)|>\s*\/|:\(\)/i;
