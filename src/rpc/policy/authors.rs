//! What a site knows and says of its authors.

use tonic::Status;

use super::PolicyCalls;
use crate::proto::v1;
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;

impl PolicyCalls {
    pub(super) async fn author(
        &self,
        caller: &Caller,
        request: v1::GetAuthorRequest,
    ) -> Result<v1::GetAuthorResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let author_id = check.author_id(request.author_id);
        check.finish()?;
        let record = self.0.queue.author(&site, &author_id).await.map_err(status::queue)?;
        Ok(v1::GetAuthorResponse { author: Some(convert::author_record(author_id, &record)) })
    }

    pub(super) async fn set_standing(
        &self,
        caller: &Caller,
        request: v1::SetAuthorStandingRequest,
    ) -> Result<v1::SetAuthorStandingResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let author_id = check.author_id(request.author_id);
        let standing = convert::standing(&mut check, request.standing);
        let standing = check.take(standing)?;
        let record = self.0.queue.set_standing(&site, &author_id, standing).await.map_err(status::queue)?;
        tracing::info!(%site, ?standing, by = caller.name(), "an author's standing was set");
        Ok(v1::SetAuthorStandingResponse { author: Some(convert::author_record(author_id, &record)) })
    }
}
