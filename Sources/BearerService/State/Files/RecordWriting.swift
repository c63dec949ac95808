internal import BearerJSON
internal import Glibc

extension Record {
    /// The bytes of a file: version and owner first, then what `fields` writes. Whoever puts a secret into it wipes
    /// the result; `capacity` must then hold everything, so that no copy is left behind by growing.
    static func encoded(
        for key: CredentialKey, capacity: Int = 1_024, fields: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(capacity)
        bytes.appendJSON { writer in
            writer.object { writer in
                writer.member("version", version)
                for (field, value) in key.fields { writer.member(field, value) }
                fields(&writer)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in
            if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) }
        }
    }
}
