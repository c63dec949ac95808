/// The keys at the top of the file.
enum ConfigurationKey: String, CaseIterable {
    case environment
    case server
    case proxy
    case caFile = "ca_file"
    case userAgent = "user_agent"
    case deviceInfo = "device_info"
    case renewal
    case startup
    case limits
    case budget
    case credentialSocket = "credential_socket"
    case audit
    case logLevel = "log_level"
    case profiles
}
