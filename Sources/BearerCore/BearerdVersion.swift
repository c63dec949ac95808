/// The version of the daemon and its client, by semver.org.
package enum BearerdVersion {
    package static let current = "0.1.0"
}
