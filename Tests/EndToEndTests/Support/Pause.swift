import Glibc

/// The rhythm of a client that asks again and again; never to wait for something.
func pause(_ time: Duration) {
    usleep(UInt32(time / .microseconds(1)))
}
