package import Logging

/// One log entry on its way to the journal or to stderr: text only, taken apart on the caller's side.
package struct LogEntry: Sendable, Equatable {
    /// A metadata key as the caller wrote it, and its value.
    package struct Field: Sendable, Equatable {
        package let key: String
        package let value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Since 1970, when the entry was made.
    package let time: Duration
    package let level: Logger.Level
    package let message: String
    /// The stable id of the kind of event, 32 hexadecimal digits, for the message catalog.
    package let messageID: String?
    package let fields: [Field]

    package init(time: Duration, level: Logger.Level, message: String, messageID: String? = nil, fields: [Field]) {
        self.time = time
        self.level = level
        self.message = message
        self.messageID = messageID
        self.fields = fields
    }
}
