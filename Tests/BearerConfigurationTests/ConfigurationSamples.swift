/// Texts that several suites read.
enum ConfigurationSamples {
    /// Every key, none with its default.
    static let full = """
        environment: staging
        proxy: http://proxy.example:3128
        ca_file: /etc/ssl/private.pem
        user_agent: player/5.1 (host)
        device_info: {primaryHardwareType: SetTopBox, version: 5.10}
        renewal: {at: 0.93, jitter: 0.05}
        startup: {wait: 0}
        limits: {connections: 65536, connections_per_user: 1, request_bytes: 10240, line_timeout: 300}
        budget: {rate: 0.5, burst: 10}
        credential_socket: {on_failure: empty}
        audit: true
        log_level: debug
        profiles:
          default:
            software_statement: {file: /etc/statement}
            redirect_uri: adobepass://com.programmer
            allow: {users: [player, 1001], groups: [domain users], units: [ingest.service, "encoder@*.service"]}
            reregister: never
            expect_scopes: [api:client:v2, config:client]
          other:
            server: http://127.0.0.1:8080/base/
            user_agent: other
            device_info: {version: 6, connectionSecure: true}
            renewal: {at: 0.5}
            allow:
              units:
                - "*"

        """
}
