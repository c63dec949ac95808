package import BearerConfiguration

/// What the command line says; `nil` where it says nothing.
package struct DaemonOptions: Sendable {
    package var configuration: String?
    package var socket: String?
    package var credentialSocket: String?
    package var stateDirectory: String?
    /// Permission bits of a socket that we bind ourselves.
    package var socketMode: UInt32 = 0o660
    package var socketGroup: String?
    package var logLevel: LogLevel?

    package init() {}
}
