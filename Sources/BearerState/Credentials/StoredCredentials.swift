package import BearerCore

/// Client credentials as they are kept.
package struct StoredCredentials: Sendable, Equatable {
    package let credentials: ClientCredentials
    /// When we registered, by our clock: seconds since 1970.
    package let registeredAt: Int64

    package init(credentials: ClientCredentials, registeredAt: Int64) {
        self.credentials = credentials
        self.registeredAt = registeredAt
    }
}

/// What a look at the store finds.
package enum LoadedCredentials: Sendable, Equatable {
    case absent
    case present(StoredCredentials, warnings: [StateWarning])
}
