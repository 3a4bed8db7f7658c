# SPDX-License-Identifier: Apache-2.0
# streams.py RIVERS MOVERS: the stations of streams.sh; a byte at a time for the first.
import socket, sys, time

TIMED = bytes.fromhex("7E7E05001122334403E832002B020034170718110016F1F1001122334448F0F017071811002019000040261900004039"
                      "23000104903812109903A421")
ANSWER = bytes.fromhex("7E7E00112233440503E83280080200341707181100161BE5D4")
WRONG = bytes.fromhex("7e7e010011111112000032002b02002b200321153057f1f1001111111248f0f020032115303922000098362019000000"
                      "261900000038122400037b54")
POSITION = bytes.fromhex("7E02000026123456789012007D02000000010000000200BA7F0E07E4F11C0028003C0000181015101010010400000064"
                         "0202007D01137E")


def expect(peer, wanted):
    heard = b""
    while len(heard) < len(wanted):
        more = peer.recv(4096)
        if not more:
            break
        heard += more
    if heard != wanted:
        sys.exit("heard %s instead of %s" % (heard.hex(), wanted.hex()))


def connect(port):
    peer = socket.create_connection(("127.0.0.1", int(port)), 60)
    peer.settimeout(60)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return peer


station = connect(sys.argv[1])
for byte in TIMED:
    station.sendall(bytes([byte]))
    time.sleep(0.001)
expect(station, ANSWER)
station.sendall(TIMED)
expect(station, ANSWER)
station.sendall(WRONG)
heard = station.recv(4096)
if heard[-3] != 0x15:
    sys.exit("a wrong frame is answered by " + heard.hex())
station.close()
vessel = connect(sys.argv[2])
vessel.sendall(POSITION)
expect(vessel, bytes.fromhex("7E800100051234567890120000007D02020000727E"))
vessel.close()
