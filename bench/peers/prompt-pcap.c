/*
 * Stands before libpcap and hands over every packet at once, with room for many. masscan often missed answers that had come to
 * the interface, and did not end; this takes the block-wise ring (TPACKET_V3) out of the question, which keeps packets back
 * until a block is full or old. It did not cure it, so the cause is elsewhere.
 *
 * cc -shared -fPIC -o libpcap.so prompt-pcap.c -l:libpcap.so.0.8, found by masscan through LD_LIBRARY_PATH.
 */
#include <string.h>

typedef struct pcap pcap_t;
pcap_t *pcap_create(const char *, char *);
int pcap_set_snaplen(pcap_t *, int);
int pcap_set_promisc(pcap_t *, int);
int pcap_set_timeout(pcap_t *, int);
int pcap_set_immediate_mode(pcap_t *, int);
int pcap_set_buffer_size(pcap_t *, int);
int pcap_activate(pcap_t *);
char *pcap_geterr(pcap_t *);

enum { SNAPLEN = 256, BUFFER = 64 << 20, ERROR_SIZE = 256 };

pcap_t *pcap_open_live(const char *device, int snaplen, int promiscuous, int timeout, char *error) {
  pcap_t *p = pcap_create(device, error);
  if (!p) return 0;
  pcap_set_snaplen(p, snaplen < SNAPLEN ? snaplen : SNAPLEN);
  pcap_set_promisc(p, promiscuous);
  pcap_set_timeout(p, timeout > 0 ? timeout : 10);
  pcap_set_immediate_mode(p, 1);
  pcap_set_buffer_size(p, BUFFER);
  if (pcap_activate(p) < 0) {
    strncpy(error, pcap_geterr(p), ERROR_SIZE - 1);
    return 0;
  }
  return p;
}
