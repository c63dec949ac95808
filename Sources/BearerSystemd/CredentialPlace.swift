/// Where systemd looks for a credential of the unit, systemd.exec(5).
package struct CredentialPlace: Sendable {
    /// What `bearerd.service` loads as it is installed.
    package static let installed = ["software_statement", "client_credentials"]

    private let name: String

    package init(_ name: String) {
        self.name = name
    }

    /// The file of one in plain text.
    package var path: String { "/etc/credstore/\(name)" }

    /// How to put it there, for messages: commands for root.
    package var remedy: String {
        let isInstalled = Self.installed.contains(name)
        let file = name == "client_credentials" ? "client.json" : "statement.jws"
        let edit = "systemctl edit bearerd, and below [Service]"
        let load = isInstalled ? "" : "\(edit) LoadCredential=\(name); "
        return load + "install -d -m 0700 /etc/credstore.encrypted, systemd-creds encrypt --name=\(name) \(file) "
            + "/etc/credstore.encrypted/\(name), and \(isInstalled ? edit : "instead") LoadCredentialEncrypted=\(name); or in "
            + "plain text, which a unit with LoadCredentialEncrypted= does not take: install -D -m 0600 \(file) \(path)"
    }
}
