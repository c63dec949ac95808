import BearerConfiguration
import BearerCore
import Testing

@testable import BearerService

@Suite struct AccountsTests {
    private func refusal(users: [AccountName]? = nil, groups: [AccountName]? = nil) -> UnusableAccounts? {
        #expect(throws: UnusableAccounts.self) {
            try AccessPolicy(AllowConfiguration(users: users, groups: groups))
        }
    }

    @Test("names become numbers, and numbers stay what they are")
    func numbers() throws {
        let allow = AllowConfiguration(users: [.name("root"), .id(54_321)], groups: [.name("root"), .id(54_322)])
        #expect(try AccessPolicy(allow) == AccessPolicy(users: [0, 54_321], groups: [0, 54_322]))
    }

    @Test("names that this host does not know are named, and may become known")
    func unknown() throws {
        let problem = try #require(
            refusal(users: [.name("root"), .name("no such user")], groups: [.name("no such group")]))
        #expect(problem.description == "this host does not know user no such user, group no such group")
        #expect(problem.mayBecomeUsable)
    }

    @Test("names of the overflow ids are refused for good")
    func overflow() throws {
        let problem = try #require(
            refusal(users: [.name("nobody")], groups: [.name("nogroup"), .name("no such group")]))
        #expect(
            problem.description
                == "this host does not know group no such group; user nobody, group nogroup: "
                + "the kernel's id for unknown users and groups, which never matches")
        #expect(!problem.mayBecomeUsable)
    }
}
