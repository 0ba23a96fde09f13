/**
 * Network tools and firewalls. Source: the curl, OpenSSH, iproute2, netfilter, ufw and nmap manuals. Pure data.
 */

import { cli, doing, family, type ProgramSpec, type Rule, reading, tool } from './spec.js';

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
    values: '--script --script-args -p -oN -oX -oA -iL -T -e -S',
    effects: ['net.egress'],
    rules: [
      {
        id: 'attack-tool',
        level: 'destructive',
        text: 'Runs scripts against other machines.',
        flags: '--script -script',
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
    lines: {
      reads:
        'device|dev|d|connection|con|c|general|g|radio|networking|n status|show|list|permissions|hostname|connectivity|logging; device wifi list; qdisc|class|filter|actions show|ls|list; qdisc|class; dev|phy|reg|list; dev * info|link|scan dump|station dump|get *; show|showmacs|showstp; . -i|-k|-S|-a|-c|-g|-l|-m|-T|-P|-d|--show-*|--driver !-s; status|scan_results|list_networks|get_network; . -list*|-get*|-show*; . --dns|--proxy|--nwi|-r; . -listallnetworkservices|-listallhardwareports|-getinfo|-getdnsservers|-getwebproxy|-listnetworkserviceorder|-getairportnetwork|-getmacaddress',
      stops:
        '* delete|del|down|disconnect|off|modify|replace|flush|reapply; networking|radio * off; networking off; down *; . -r|-x; delbr|delif *; . -set*|-remove*|-create*|-delete*|-ordernetworkservices|-setdnsservers|-setv6off|-setnetworkserviceenabled|-switchtolocation|-setwebproxy|-setmanual|-setdhcp|-setairportpower|-setsocksfirewallproxy|-setsecurewebproxy|-setautoproxyurl|-setmtu; . --set; set * peer * remove; disconnect|terminate|disable_network|remove_network|interface_remove *; disconnect|terminate; reg set *; dev * del|set|disconnect|interface del; . -s|-A|-G|-K|-L|-C|-E|-f|--change|--reset|-e',
      access: '. -setsecurewebproxy|-setwebproxy',
    },
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
  'ssh-add': tool({ reads: '. -l|-L', changes: '*; .', access: '. -D|-d|-x|-X; . -s|-e' }),
  'ssh-agent ssh-keyscan': doing('moderate', 'key', 'Works with keys.', { effects: ['auth.change'] }),
  'ngrok cloudflared localtunnel lt tailscale frpc chisel bore': {
    verbs: false,
    lines: {
      reads:
        'status|version|ip|netcheck|whois|ping|whoami; tunnel list|info; bugreport; serve|funnel status; access groups; config check; switch --list; exit-node list|suggest; dns status|query; appc-routes; metrics; drive list; lock status',
      changes:
        'up|set|login|switch|ssh|nc|file|update|cert; access *; tunnel create|login|token; configure *; config *; authtoken',
      stops:
        'down|logout; tunnel delete|cleanup; serve reset; funnel reset; funnel off; drive unshare; service uninstall; tunnel route *; set --shields-up=false; up --reset|--force-reauth; lock *; api *; tunnel vnet *',
    },
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

  'fping arping nping iperf iperf3 speedtest speedtest-cli sslscan testssl.sh subfinder httpx naabu shodan rpcclient httpstat doggo dog kdig websocat wscat grpcurl evans hurl newman et rlogin rsh rcp minicom picocom sshuttle proxytunnel':
    { ...asks, code: '--exec' },
  'mitmproxy mitmdump openvpn strongswan v2ray xray stunnel tor i2pd nebula scapy airodump-ng airmon-ng wpa_supplicant hostapd':
    doing('moderate', 'network', 'Watches or carries network traffic.', {
      effects: ['net.egress'],
      lines: { stops: 'check kill; stop *' },
    }),
  'hping3 hping wafw00f dnsrecon sublist3r amass theharvester recon-ng evil-winrm crackmapexec netexec smbmap enum4linux kerbrute bloodhound-python aireplay-ng reaver wifite bully medusa ncrack patator dirb dirbuster feroxbuster nuclei wpscan joomscan commix xsser beef-xss setoolkit slowhttptest slowloris goldeneye mdk4 arpspoof dnsspoof dsniff sslstrip yersinia burpsuite zap-cli whatweb impacket-secretsdump secretsdump.py psexec.py wmiexec.py responder.py mimikatz chntpw hashid fcrackzip pdfcrack cewl crunch':
    doing('destructive', 'attack-tool', 'Probes or attacks other machines or passwords.', {
      effects: ['net.egress', 'exec'],
      alternative: 'Scan only machines that are yours, with the owner knowing.',
      lines: { reads: '. --version; . --help|-h' },
    }),
  'ipcalc sipcalc ifquery nstat rtacct arptables-save iptables-save ip6tables-save': reading(
    '-n -b -m -c -t= -p= -a -s -z --list --all --state -M= -h -v --counters --table=',
    'text',
    {
      rules: [
        {
          id: 'counters-reset',
          level: 'moderate',
          text: 'Writes a file or sets counters back.',
          flags: '-f --file -z -r --reset',
        },
      ],
    },
  ),
  macchanger: tool({
    reads: '. -s|--show|-l|--list',
    stops: '. -r|-m|-a|-A|-e|-p|--random|--mac|--permanent|--another|--any|--ending',
    changes: '*',
  }),
  conntrack: tool({
    reads: '. -L|-G|-C|-S|--dump|--count|--stats !-D !-F !-U !-I',
    stops: '. -F|-D|-U|-I|--flush|--delete|--update|--create|-A',
    changes: '. -E|--event',
  }),
  ipvsadm: tool({
    reads: '. -L|-l|-S|--list|--save',
    stops: '. -C|-D|-d|-R|-Z|-A|-E|-a|-e|--clear|--restore|--delete-service|--delete-server|--stop-daemon',
    changes: '*',
  }),
  'ovs-vsctl ovs-ofctl': tool({
    reads:
      'show|list|get|find|list-br|list-ports|br-exists|list-ifaces|iface-to-br|port-to-br|dump-flows|dump-ports|dump-tables|snoop|get-controller|get-manager|get-fail-mode|show-protos|br-to-vlan',
    changes: 'add-br|add-port|set|add|create|init|add-bond|add-flow|monitor|br-set-external-id|mod-port; *',
    stops:
      'del-br|del-port|del-controller|del-manager|clear|remove|destroy|emer-reset|set-controller|del-flows|replace-flows|mod-flows|set-fail-mode|del-ssl|del-meters|set-manager|del-groups',
  }),
  'zerotier-cli netbird headscale': cli({
    reads:
      'info|status|listnetworks|listpeers|peers|get|dump|version; nodes|users|preauthkeys|routes|apikeys|namespaces|policy list|ls|get|check; networks list; service status; health; configtest',
    changes: 'join|set|up|login|ssh|orbit; * create|register; debug *; serve',
    stops:
      'leave|deorbit|down|logout|deregister|disconnect; service stop|uninstall; networks deselect; routes disable|enable|delete',
    access:
      'nodes expire|delete|move|tag|rename|approve-routes|register; users destroy|delete|rename; preauthkeys expire|create; apikeys expire|delete|create; policy set; node *',
  }),
  netplan: cli({
    reads: 'get|status|info|ip|help',
    changes: 'generate|set|try|migrate',
    stops: 'apply|rebind; set *=null',
  }),
  bridge: tool({
    reads: 'link|fdb|mdb|vlan|monitor|vni show|list; link|fdb|vlan; monitor *; . -c|-s|-j',
    stops: '* del|delete|replace|flush; link set *; * set',
    changes: '* add|append',
  }),
  'birdc vtysh gobgp': tool({
    reads: 'show|s|configure check *; global rib; neighbor; rpki; monitor *; . -c=show*; * rib',
    stops:
      'down|disable|restart|configure|reload|eval|graceful *; down|restart|configure; neighbor * shutdown|reset|del|disable|softreset; global del *; global rib del|add; policy *; clear *; . -c=clear*|conf*|no*|write*|reload*; * del *',
    changes: '*; .',
  }),
  'ipsec swanctl': cli({
    reads:
      'status|statusall|leases|version|listall|listcerts|listcacerts|listalgs|pki --print; . --list-sas|--list-conns|--list-certs|--list-pols|--list-pools|--stats|--version|--counters|--list-authorities|-l|-L|-S|-P|-A',
    changes: 'start|up|route|rereadall|reload|update|pki; . --load-*|-q|-c|-s|-a|-i|--initiate|--load-all',
    stops:
      'stop|down|unroute|restart|purge*|reset*|stroke; . --terminate|-t|--uninstall|-u|--flush-certs|-f|--rekey|-R|--install|--reload-settings|--redirect',
  }),
  'resolvconf teamdctl vconfig nmtui wpa_passphrase hostapd_cli': tool({
    reads: '. -l|-i; * state|config dump; ping|status|all_sta|get_config',
    stops:
      '. -d|-u|--disable-updates; rem *; * port remove *; disable|deauthenticate|disassociate|relog|terminate|reload *; * state item set *',
    access: 'deny_acl|accept_acl *',
  }),
});
