internal import Glibc

/// The text for an errno value, see strerror(3).
func errorText(_ code: Int32) -> String {
    String(cString: strerror(code))
}
