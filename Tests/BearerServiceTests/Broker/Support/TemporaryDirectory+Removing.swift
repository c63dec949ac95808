import Glibc
import TestSupport

extension TemporaryDirectory {
    func remove(_ name: String) {
        unlink("\(path)/\(name)")
    }
}
