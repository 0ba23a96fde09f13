/**
 * Network tools and firewalls. Source: the curl, OpenSSH, iproute2, netfilter, ufw and nmap manuals. Pure data.
 */

import { doing, family, type ProgramSpec, type Rule, reading } from './spec.js';

const asks: ProgramSpec = doing('moderate', 'network', 'Uses the network.', { effects: ['net.egress'], sends: true });
const off = (rule: Partial<Rule>): Rule => ({
  id: 'firewall-off',
  level: 'destructive',
  text: 'Opens the firewall or takes its rules away.',
  effects: ['auth.change', 'infra.change'],
  ...rule,
});

/** Network tools. */
export const NETWORK = family('the curl, OpenSSH, iproute2, netfilter, ufw and nmap manuals', {
  'curl wget http https httpie xh aria2c': doing('moderate', 'network', 'Uses the network.', {
    effects: ['net.egress'],
  }),
  'nc ncat netcat socat': doing('moderate', 'network', 'Opens a network connection.', {
    effects: ['net.egress'],
  }),
  'telnet ftp lftp tftp': asks,
  'ping ping6 dig nslookup host whois traceroute tracepath mtr drill delv': {
    ...asks,
    values: '-c -i -W -w -t -s -p',
  },
  'scp rsync sftp': doing('moderate', 'copy', 'Copies files, perhaps to another machine.', { effects: ['fs.write'] }),
  'masscan zmap nikto sqlmap hydra john hashcat gobuster ffuf wfuzz metasploit msfconsole msfvenom responder aircrack-ng ettercap bettercap':
    doing('destructive', 'attack-tool', 'Probes or attacks other machines or passwords.', {
      effects: ['net.egress'],
      alternative: 'Scan only machines that are yours, with the owner knowing.',
    }),
  nmap: doing('moderate', 'scan', 'Scans machines on the network.', {
    effects: ['net.egress'],
    rules: [
      {
        id: 'attack-tool',
        level: 'destructive',
        text: 'Runs scripts against other machines.',
        flags: '--script',
        value: /exploit|vuln|brute|dos|intrusive|malware/,
      },
    ],
  }),
  'tcpdump tshark wireshark dumpcap ngrep': doing(
    'moderate',
    'capture',
    'Records network traffic, which may hold secrets.',
    {
      effects: ['secrets.read'],
      rules: [
        {
          id: 'capture-command',
          level: 'destructive',
          text: 'Runs a program for each file of recorded traffic.',
          flags: '-z',
          effects: ['exec'],
        },
      ],
    },
  ),
  'netstat ss': reading(
    '-a -t -u -n -l -p -r -i -s -e -o -c -x -w -4 -6 -m -H -g --tcp --udp --listening --numeric --processes --all --programs --route',
    'text',
    {
      rules: [
        {
          id: 'socket-kill',
          level: 'destructive',
          text: 'Closes connections.',
          flags: '-K --kill',
          effects: ['infra.change'],
        },
      ],
    },
  ),
  'route arp': reading('-a -n -e -s -v', 'none', {
    act: {
      id: 'network-change',
      level: 'destructive',
      text: 'Changes the network of this machine.',
      effects: ['infra.change'],
    },
  }),
  ifconfig: {
    reads: '-a -s -v',
    rules: [
      {
        id: 'network-change',
        level: 'destructive',
        text: 'Changes the network of this machine.',
        atLeast: 2,
        effects: ['infra.change'],
      },
    ],
  },
  ip: {
    reads: '-4 -6 -s -d -o -br -brief -c -j -p -h -color -json -details -stats -oneline',
    style: 'long',
    rules: [
      {
        id: 'network-change',
        level: 'destructive',
        text: 'Changes the network of this machine.',
        operand: /^(?:del|delete|flush|down|replace)$/,
        effects: ['infra.change'],
      },
      {
        id: 'network-set',
        level: 'moderate',
        text: 'Changes the network of this machine.',
        operand: /^(?:add|set|up|change|append|exec|attach|netns)$/,
        effects: ['infra.change'],
      },
    ],
  },
  'nmcli ifup ifdown iwconfig dhclient ethtool brctl wpa_cli iw wg wg-quick tc networksetup scutil': {
    subcommands: { 'show list status device-list': reading('*', 'text') },
    act: {
      id: 'network-set',
      level: 'moderate',
      text: 'Changes the network of this machine.',
      effects: ['infra.change'],
    },
    rules: [
      {
        id: 'network-change',
        level: 'destructive',
        text: 'Takes a connection down or away.',
        operand: /^(?:delete|down|disconnect|off|del|modify)$/,
        effects: ['infra.change'],
      },
    ],
  },
  'iptables ip6tables ebtables arptables': {
    reads: '-L -S -n -v -t= -x --list --list-rules --numeric --verbose --line-numbers --table=',
    only: '-L -S --list --list-rules',
    act: {
      id: 'firewall',
      level: 'destructive',
      text: 'Changes the firewall.',
      effects: ['auth.change', 'infra.change'],
    },
    rules: [
      off({ flags: '-F -X -D -Z --flush --delete --delete-chain' }),
      off({ flags: '-P --policy', operand: /^ACCEPT$/ }),
    ],
  },
  'nft pfctl ipset iptables-restore': {
    act: {
      id: 'firewall',
      level: 'destructive',
      text: 'Changes the firewall.',
      effects: ['auth.change', 'infra.change'],
    },
    subcommands: { list: reading('*', 'text') },
    reads: '-s= -sr',
    only: '-s',
    rules: [off({ operand: /^(?:flush|delete|destroy|reset)$/ }), off({ flags: '-d -F' })],
  },
  'ufw firewall-cmd': {
    only: '--list-all --list-ports --list-services --state --get-active-zones --get-zones --list-all-zones --get-default-zone',
    reads:
      '--list-all --list-ports --list-services --state --get-active-zones --get-zones --list-all-zones --get-default-zone --zone=',
    subcommands: { status: reading('', 'text') },
    act: { id: 'firewall', level: 'moderate', text: 'Changes the firewall.', effects: ['auth.change', 'infra.change'] },
    rules: [
      off({ operand: /^(?:disable|reset|delete)$/ }),
      off({ operand: /^(?:allow)$/, atLeast: 2, all: '--any' }),
      off({ flags: '--panic-on --remove-service --remove-port --remove-rich-rule --complete-reload' }),
    ],
  },
  'setenforce apparmor_parser aa-disable aa-teardown aa-complain setsebool semanage': doing(
    'destructive',
    'protection-off',
    'Changes a protection of this machine.',
    { effects: ['auth.change'] },
  ),
  'getenforce sestatus aa-status': reading('-v -b', 'none'),
  'ssh-keygen': {
    reads: '-l -f= -y -B -v -E=',
    only: '-l',
    act: { id: 'key', level: 'moderate', text: 'Makes or changes a key.', effects: ['auth.change'] },
    rules: [
      { id: 'key-host', level: 'moderate', text: 'Changes which machines are trusted.', flags: '-R' },
      { id: 'secret-read', level: 'moderate', text: 'Reads a key.', flags: '-y', effects: ['secrets.read'] },
    ],
  },
  'ssh-copy-id': doing('destructive', 'access-grant', 'Gives a key access to another machine.', {
    effects: ['auth.change', 'net.egress'],
  }),
  'ssh-add ssh-agent ssh-keyscan': doing('moderate', 'key', 'Works with keys.', { effects: ['auth.change'] }),
  'ngrok cloudflared localtunnel lt tailscale frpc chisel bore': {
    verbs: false,
    subcommands: { 'status version': reading('*', 'text') },
    act: {
      id: 'tunnel',
      level: 'moderate',
      text: 'Opens a way into this machine from outside.',
      effects: ['net.listen', 'net.egress'],
    },
    rules: [
      {
        id: 'tunnel',
        level: 'destructive',
        text: 'Opens a way into this machine from outside.',
        operand: /^(?:http|tcp|tls|start|funnel|client|tunnel)$/,
        effects: ['net.listen', 'net.egress'],
      },
    ],
  },
});
