create table handinger_runs (
	task_name varchar(100) not null,
	task_instance nvarchar(100) collate Latin1_General_100_BIN2 not null,
	task_data varbinary(max),
	execution_time datetimeoffset not null,
	picked bit not null,
	picked_by varchar(50),
	last_success datetimeoffset,
	last_failure datetimeoffset,
	consecutive_failures int,
	last_heartbeat datetimeoffset,
	version bigint not null,
	task_id nvarchar(255) collate Latin1_General_100_BIN2,
	primary key (task_name, task_instance)
);

create index handinger_runs_execution_time on handinger_runs (execution_time);

create index handinger_runs_last_heartbeat on handinger_runs (last_heartbeat);

create index handinger_runs_task_id on handinger_runs (task_id);
